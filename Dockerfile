# The `wenlan` command with its engine, from the package registries alone: nothing of this folder is copied into it.
#   docker build --tag wenlan .
#   docker build --tag wenlan:cuda --build-arg ENGINE_OPTIONS=--cuda .   # then `docker run --gpus all …`
FROM node:20.20.2-bookworm-slim AS build
ARG WENLAN_VERSION=latest
ARG ENGINE_OPTIONS=
# The engine's binding is compiled here, against the TensorFlow that pip fetches; neither is needed afterwards.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates g++ make python3 python3-pip python3-venv \
    && rm -rf /var/lib/apt/lists/*
ENV WENLAN_ENGINE_DIR=/opt/wenlan/engine
RUN npm install --global --prefix /opt/wenlan "@wenlan/cli@${WENLAN_VERSION}" \
    && /opt/wenlan/bin/wenlan engine install ${ENGINE_OPTIONS}

FROM node:20.20.2-bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner=node --group=node /data
COPY --from=build /opt/wenlan /opt/wenlan
ENV NODE_ENV=production \
    PATH=/opt/wenlan/bin:$PATH \
    WENLAN_CACHE_DIR=/data/cache \
    WENLAN_ENGINE_DIR=/opt/wenlan/engine \
    XDG_CACHE_HOME=/data/cache
USER node
WORKDIR /data
VOLUME ["/data"]
ENTRYPOINT ["wenlan"]
CMD ["--help"]
