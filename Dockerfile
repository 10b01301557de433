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
ENTRYPOINT ["node", "/app/operator.mjs"]
