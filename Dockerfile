# The operator's image: one bundle on Node 24, without a shell's worth of packages, not root.

FROM node:24-bookworm-slim AS build
WORKDIR /build
# The bundle is made of what the lockfile names; install scripts run only for those that package.json approves.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY tools/build tools/build
COPY src src
COPY contracts contracts
ARG COMMIT=unknown
ENV CLOUDSYNC_COMMIT=${COMMIT}
RUN node_modules/.bin/node tools/build/bundle.ts

FROM gcr.io/distroless/nodejs24-debian12:nonroot
LABEL org.opencontainers.image.title="cloudsync-operator" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=build /build/dist/ ./
# nonroot of the base image; a number, so that runAsNonRoot can be checked by the kubelet.
USER 65532:65532
EXPOSE 8080 8081
ENV PATH=/nodejs/bin NODE_ENV=production
# Memory (docs/benchmarks.md has the figures). Tests, demo and bench start the bundle with what stands here; the chart adds the heap limit alone.
# glibc: what V8 needs while it compiles comes in pieces of 32 KiB and more; mapped one by one they go back to the system at once. One arena:
# V8's and libuv's threads would each keep one of their own.
ENV MALLOC_MMAP_THRESHOLD_=32768 MALLOC_ARENA_MAX=1
# V8: without --optimize-for-size the young generation grows to 16 MiB a half while the bundle loads and stays so, and the old one collects late.
# --liftoff-only: the only WebAssembly, undici's parser of response heads, is fast enough as it is first compiled; optimising it takes
# 20 MB for a moment and 4 MB for good. --no-turbofan: the same for JavaScript, 5 MB for 5 % of CPU time; Maglev, the compiler below it, stays.
ENTRYPOINT ["node", "--optimize-for-size", "--liftoff-only", "--no-turbofan", "/app/operator.mjs"]
