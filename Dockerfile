# The service image is the last stage, so that is what a plain build gives:
#   docker build -t bff .
# The stand-ins of the local stack are a stage of their own and never part of it.

FROM node:24-slim AS build
WORKDIR /app
# Dependencies first: this layer stays as it is until the lock file changes.
COPY .npmrc package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN npm run build:local

# Both upstreams' stand-ins and the demo page, for docker-compose.yml. Not for deployment.
FROM node:24-slim AS local-stack
WORKDIR /app
COPY --from=build /app/dist/triggers dist/triggers
COPY --from=build /app/dist-local dist-local
USER node
EXPOSE 9229 9230 9231 3080
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9230/local/messages').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist-local/compose.mjs"]

FROM node:24-slim
WORKDIR /app
# Owned by root: the service cannot change its own code. The map gives stack traces in the log.
# The doctor checks a pool and a tenant: docker run --env-file … <image> node dist/doctor.mjs
COPY --from=build /app/dist/server.mjs /app/dist/server.mjs.map /app/dist/doctor.mjs dist/
ENV NODE_ENV=production
USER node
# The public listener, and the admin listener, which is for the operator's network only.
EXPOSE 3000 9464
# Orchestrators that ignore this (Kubernetes, ECS) probe /health/live and /health/ready themselves.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://' + (process.env.ADMIN_HOST || '127.0.0.1') + ':' + (process.env.ADMIN_PORT || 9464) + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: node is process 1, gets SIGTERM itself and finishes its requests.
CMD ["node", "--enable-source-maps", "dist/server.mjs"]
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cognito-authsignal-bff" \
      org.opencontainers.image.description="Passwordless sign-in for Amazon Cognito with Authsignal" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
