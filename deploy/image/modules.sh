#!/bin/sh
# Installs the packages of the image into node_modules/: those of production, without what this machine cannot load and nobody reads at
# run time. Run it beside package.json and package-lock.json. test/long/image.test.ts starts both processes from its result.
set -eu

npm ci --omit=dev --ignore-scripts --no-audit --no-fund
du -sm node_modules | awk '{ print "installed: " $1 " MB" }'

# Temporal's native bridge comes for five platforms. @source https://github.com/temporalio/sdk-typescript/tree/main/packages/core-bridge
releases=node_modules/@temporalio/core-bridge/releases
own=$(uname -m)-unknown-linux-gnu
test -d "$releases/$own" || { echo "Temporal's native bridge has no build for $own." >&2; exit 1; }
find "$releases" -mindepth 1 -maxdepth 1 ! -name "$own" -exec rm -r {} +

# Types are for compilers, maps are for debuggers, and the guides are on the web. Licences stay.
find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
find node_modules -type f -name '*.md' ! -iname '*licen*' ! -iname '*notice*' ! -iname '*copying*' -delete
du -sm node_modules | awk '{ print "in the image: " $1 " MB" }'
