// The page at `/` and its files, read once and served from memory. It has no data of its own: it calls the API like anybody.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import helmet from 'helmet';

const require = createRequire(import.meta.url);

interface PageFile {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Only what comes from here runs. The chart library sets styles on its elements by script, which this allows. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
};

export interface Page {
  readonly router: Router;
  readonly paths: readonly string[];
}

export function page(): Page {
  const router = express.Router();
  const headers = helmet({ contentSecurityPolicy, strictTransportSecurity: false });
  const files = pageFiles();
  for (const { path, contentType, body } of files) {
    router.get(path, headers, (_request, response) => {
      response.writeHead(200, {
        'content-type': contentType,
        'content-length': body.length,
        // The files change with the version of Freshet only, but their names do not: ask again, it costs little.
        'cache-control': 'no-cache',
      });
      response.end(body);
    });
  }
  return { router, paths: files.map(({ path }) => path) };
}

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function pageFiles(): PageFile[] {
  const uplot = dirname(require.resolve('uplot'));
  // `page.js` is where the page begins; it imports the others.
  const folder = dirname(fileURLToPath(import.meta.resolve('./public/page.js')));
  return [
    { path: '/', contentType: types['.html'], body: readFileSync(join(folder, 'index.html')) },
    ...ownFiles(folder),
    { path: '/page/uplot.js', contentType: types['.js'], body: readFileSync(join(uplot, 'uPlot.iife.min.js')) },
    { path: '/page/uplot.css', contentType: types['.css'], body: readFileSync(join(uplot, 'uPlot.min.css')) },
    {
      path: '/page/dagre.js',
      contentType: types['.js'],
      body: readFileSync(fileURLToPath(import.meta.resolve('@dagrejs/dagre'))),
    },
  ];
}

function ownFiles(folder: string): PageFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(js|css|svg)$/.test(name))
    .map((name) => ({
      path: `/page/${name.replaceAll('\\', '/')}`,
      contentType: types[extname(name) as keyof typeof types], // the filter lets only these through
      body: readFileSync(join(folder, name)),
    }));
}
