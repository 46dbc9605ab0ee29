# One image for both processes; the command chooses one. Debian, because Temporal's native bridge has no musl build.

FROM node:24.19.0-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
# .dockerignore admits only what the build needs.
COPY . .
RUN npm run build
RUN mkdir links && ln -s /app/dist/cli/main.js links/reprise

FROM node:24.19.0-bookworm AS modules
WORKDIR /app
COPY package.json package-lock.json deploy/image/modules.sh ./
RUN sh modules.sh

FROM node:24.19.0-bookworm-slim
LABEL org.opencontainers.image.title="Reprise" \
      org.opencontainers.image.description="Recovers failed on-demand subscription payments on Dodo Payments" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/node:24.19.0-bookworm-slim"
ENV NODE_ENV=production
WORKDIR /app
# The native bridge reads its certificate authorities from this file, which the slim image lacks. Node has its own.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=modules /app/node_modules node_modules/
COPY --from=build /app/dist dist/
COPY package.json LICENSE ./
# `docker compose exec gateway reprise --help`
COPY --from=build /app/links/ /usr/local/bin/
USER node
CMD ["node", "dist/server/main.js"]
