# syntax=docker/dockerfile:1
# The image for every process of Freshet: `docker run … freshet gateway` or `freshet run customers`. There is no build: Node runs the
# TypeScript files as they are. deploy/image.int.test.ts carries out these steps.

# The Node of package.json, and the same in both stages: packages bring programs for one version.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has Node already: the one that package.json brings for clones is left out. npm lists nothing while anything is missing that
# package.json asks for, also for development.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/node-bin-* \
  && npm pkg delete devDependencies \
  && npm sbom --sbom-format=cyclonedx > sbom.cdx.json

FROM node:24.21.0-bookworm-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Freshet" \
      org.opencontainers.image.description="Event-sourced stream processor for real-time personalisation" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Nothing is installed at run time, and a tool that could do it would only be one more thing to keep safe.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && install -d -o 10001 -g 10001 -m 0700 /data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=dependencies /app/sbom.cdx.json ./
COPY package.json package-lock.json LICENSE ./
COPY bin ./bin
COPY cli ./cli
COPY config ./config
COPY demo ./demo
COPY evaluation ./evaluation
COPY gateway ./gateway
COPY imports ./imports
COPY models ./models
COPY processors ./processors
COPY schemas ./schemas
COPY serving ./serving
COPY streams ./streams
COPY system ./system
COPY training ./training
COPY deploy/freshet /usr/local/bin/freshet
# Other machines can reach it only with API_KEYS or API_KEYS_FILE, without which it refuses to start at this address.
ENV NODE_ENV=production \
    API_HOST=0.0.0.0 \
    API_PORT=8000 \
    DATA_DIR=/data
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["freshet"]
CMD ["start"]
