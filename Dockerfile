# The command line as a container image, for CI systems whose jobs are containers or Pods. It contains the tarball
# of `npm pack` and the shell of the base image, which runs the scripts of CI systems; npm is removed. It runs under any
# user ID, also one without an entry in /etc/passwd, and with a read-only root file system. A run writes files only where
# --report and --junit say.
#
#   npm pack && docker build --tag istio-traffic-shift .
#
# The workflow CI builds it and runs a shift with it. Tests on a machine without a builder check this file, and run the
# packed command as such a user, with a read-only file system.
#
# Credential plugins of kubeconfigs (aws, gcloud, kubelogin) are not in it. Add yours in an image that is based on this one.

# The digest is that of the tag's image index. Dependabot raises both. The program needs only Node, so no Debian
# package is installed here.
FROM node:24-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe

# npm pack writes this file. A second version beside it would overwrite the first, so build in a clean checkout.
ADD istio-traffic-shift-*.tgz /opt/

RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* \
    && ! command -v npm \
    && ln -s /opt/package/dist/cli/index.js /usr/local/bin/istio-traffic-shift \
    && ln -s /opt/package/dist/cli/index.js /usr/local/bin/kubectl-traffic_shift \
    && istio-traffic-shift --version

ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="istio-traffic-shift" \
      org.opencontainers.image.description="Shifts Istio traffic between versions, confirms the split with real connections, and rolls back if it is wrong" \
      org.opencontainers.image.source="https://github.com/istio-traffic-shift/istio-traffic-shift" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

USER 65532:65532
ENTRYPOINT ["istio-traffic-shift"]
