# The service image is the last stage, so that is what a plain build gives:
#   docker build -t bff .
# The stand-ins of the local stack are a stage of their own and never part of it.

# A tag moves with the security fixes of Node and Debian. To know what you run, give the digest you
# have tested: --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim

FROM $NODE_IMAGE AS build
WORKDIR /app
# Dependencies first: this layer stays as it is until the lock file changes.
COPY .npmrc package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
# The size of the young generation, which the service runs with below: a code cache is for one only.
RUN V8_FLAGS=--max-semi-space-size=8 npm run build

FROM build AS build-local
RUN npm run build:local

# Both upstreams' stand-ins and the demo page, for docker-compose.yml. Not for deployment.
FROM $NODE_IMAGE AS local-stack
WORKDIR /app
COPY --from=build-local /app/dist/triggers dist/triggers
COPY --from=build-local /app/dist-local dist-local
USER 1000:1000
EXPOSE 9229 9230 9231 3080
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9230/local/messages').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist-local/compose.mjs"]

# To read the frames in the log: docker build --target source-maps --output maps .
FROM scratch AS source-maps
COPY --from=build /app/dist/*.map /

FROM $NODE_IMAGE
WORKDIR /app
# Owned by root: the service cannot change its own code.
# The doctor checks a pool and a tenant: docker run --env-file … <image> node dist/doctor.mjs
# The cache is what V8 made of the service, with the Node of this very image.
COPY --from=build /app/dist/*.mjs /app/dist/server.cjs /app/dist/server.cache /app/dist/sbom.cdx.json \
  /app/dist/THIRD-PARTY-NOTICES.txt dist/
COPY LICENSE .
# V8 takes half of the container's memory for its heap, but never less than 256 MB, which a container of
# 128 MB does not have; a share has no such floor. Below 1 GB V8 would make the young generation so small that
# requests outlive it, and a sign-in takes twice the CPU time. One malloc arena instead of one per thread
# saves 10 MB.
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size-percentage=40 --max-semi-space-size=8" \
    MALLOC_ARENA_MAX=1
# `node`, as a number: Kubernetes' runAsNonRoot cannot look up names.
USER 1000:1000
# The public listener, and the admin listener, which is for the operator's network only.
EXPOSE 3000 9464
# Orchestrators that ignore this (Kubernetes, ECS) probe /health/live and /health/ready themselves.
# Not with node: that would take 60 MB and 0.1 s of CPU, from the service's own, every time.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/${ADMIN_HOST:-${HOST:-127.0.0.1}}/${ADMIN_PORT:-9464} && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
# No shell and no npm in between: node is process 1, gets SIGTERM itself and finishes its requests.
# No source maps: reading them for the first error in the log takes over 70 MB.
CMD ["node", "dist/server.mjs"]
ARG NODE_IMAGE
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cognito-authsignal-bff" \
      org.opencontainers.image.description="Passwordless sign-in for Amazon Cognito with Authsignal" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="docker.io/library/$NODE_IMAGE" \
      cognito-authsignal-bff.sbom="/app/dist/sbom.cdx.json"
