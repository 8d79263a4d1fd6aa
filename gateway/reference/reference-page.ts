// The API's document as a page that is read: no script is needed, nothing comes from elsewhere.
import type { ApiDocument, Operation, ParameterObject, SchemaObject } from '../contract/document.ts';
import { documentedExamples, type DocumentedExample } from '../contract/documented-examples.ts';
import { curlCommand } from './curl-command.ts';
import { fieldList, kindOf, schemaAnchor } from './describe-schema.ts';
import { html, inline, prose, type Html } from './html.ts';

interface RouteShown extends Operation {
  readonly method: string;
  readonly path: string;
  readonly examples: readonly DocumentedExample[];
}

/** `styles`: addresses of style sheets. */
export function referencePage(document: ApiDocument, styles: readonly string[]): string {
  const routes = routesOf(document);
  const byTag = document.tags.map(({ name }) => ({
    tag: name,
    routes: routes.filter(({ tags }) => tags.includes(name)),
  }));
  const { title, version, description } = document.info;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}: the API</title>
        <link rel="icon" href="/page/icon.svg" type="image/svg+xml" />
        ${styles.map((href) => html`<link rel="stylesheet" href="${href}" />`)}
        <script src="/page/frame/theme-at-once.js"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <h1>${title}: the API</h1>
          <p>Version ${version} · <a href="/openapi.json">openapi.json</a> · <a href="/">what happens right now</a></p>
        </header>
        <nav aria-label="Routes">
          ${byTag.map(
            ({ tag, routes: ofTag }) =>
              html`<h2>${tag}</h2>
                <ul>
                  ${ofTag.map(({ operationId, method, summary }) => html`<li><a href="#${operationId}">${methodMark(method)} ${summary}</a></li>`)}
                </ul>`,
          )}
          <h2>Schemas</h2>
          <ul>
            ${Object.keys(document.components.schemas).map((name) => html`<li><a href="#${schemaAnchor(name)}">${name}</a></li>`)}
          </ul>
        </nav>
        <main id="content" tabindex="-1">
          ${prose(description)}
          ${byTag.map(
            ({ tag, routes: ofTag }) =>
              html`<section aria-labelledby="${tagAnchor(tag)}">
                <h2 id="${tagAnchor(tag)}">${tag}</h2>
                ${ofTag.map(describeRoute)}
              </section>`,
          )}
          <section aria-labelledby="schemas">
            <h2 id="schemas">Schemas</h2>
            ${Object.entries(document.components.schemas).map(([name, schema]) => describeSchema(name, schema))}
          </section>
        </main>
      </body>
    </html> `;
  return page.text;
}

function routesOf(document: ApiDocument): RouteShown[] {
  const examples = Map.groupBy(documentedExamples(document), ({ operationId }) => operationId);
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      examples: examples.get(operation.operationId) ?? [],
    })),
  );
}

function describeRoute(route: RouteShown): Html {
  return html`<article aria-labelledby="${route.operationId}">
    <h3 id="${route.operationId}">${methodMark(route.method)} <code>${route.path}</code></h3>
    <p class="summary">${inline(route.summary)}</p>
    ${prose(route.description)} ${describeParameters(route.parameters)} ${describeBody(route)} ${describeAnswers(route)}
    ${route.examples.map(describeExample)}
  </article>`;
}

function describeParameters(parameters: readonly ParameterObject[]): Html | undefined {
  if (parameters.length === 0) return undefined;
  return html`<h4>Parameters</h4>
    <dl class="fields">
      ${parameters.map(
        ({ name, in: place, description, schema, 'x-prefix': isPrefix }) =>
          html`<div>
            <dt>
              <code>${isPrefix === true ? `${name}.*` : name}</code>
              <span class="kind">${kindOf(schema)}</span
              >${place !== 'query' && html` <span class="place">in the ${place}</span>`}
            </dt>
            <dd>${inline(description)}</dd>
          </div>`,
      )}
    </dl>`;
}

function describeBody({ requestBody }: RouteShown): Html | undefined {
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) return undefined;
  return html`<h4>Body</h4>
    <p>
      ${requestBody?.description === undefined ? kindOf(schema) : inline(requestBody.description)}${requestBody?.description !== undefined && html` (${kindOf(schema)})`}
    </p>
    ${fieldList(schema)}`;
}

function describeAnswers({ responses }: RouteShown): Html {
  return html`<h4>Answers</h4>
    <dl class="fields answers">
      ${Object.entries(responses).map(([status, { description, content = {} }]) => {
        const [schema] = Object.values(content).map((each) => each.schema);
        return html`<div>
          <dt><code>${status}</code>${schema !== undefined && html` <span class="kind">${kindOf(schema)}</span>`}</dt>
          <dd>${inline(description)}</dd>
        </div>`;
      })}
    </dl>`;
}

function describeExample(example: DocumentedExample): Html {
  const { answer, status } = example;
  const shown = typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2);
  return html`<details>
    <summary>Example: ${example.summary}</summary>
    <pre tabindex="0"><code>${curlCommand(example)}</code></pre>
    <p class="kind">answers ${status}, such as</p>
    <pre tabindex="0"><code>${shown}</code></pre>
  </details>`;
}

function describeSchema(name: string, schema: SchemaObject): Html {
  return html`<article aria-labelledby="${schemaAnchor(name)}">
    <h3 id="${schemaAnchor(name)}">${name}</h3>
    <p>${schema.description === undefined ? kindOf(schema) : inline(schema.description)}</p>
    ${fieldList(schema)}
  </article>`;
}

function methodMark(method: string): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

function tagAnchor(tag: string): string {
  return `tag-${tag.toLowerCase()}`;
}
