import { isBuiltin } from 'node:module'
import type { BuildOptions, Plugin } from 'esbuild'

/**
 * Node's modules by `require`, which the banner of the bundle has to provide. An `import` of one reads
 * every export of it, and behind `WebSocket` of `node:http` waits the whole of undici, which no
 * trigger needs for its calls: a third of the time that importing one takes (nodejs/node, lib/http.js).
 */
export const builtinsByRequire: Plugin = {
  name: 'builtins-by-require',
  setup(bundle) {
    bundle.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path)
        ? { path, namespace: 'builtin', sideEffects: false }
        : undefined,
    )
    bundle.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}

const NO_GLOBALS = '__noGlobals'

/**
 * Settings for a bundle that is imported while somebody waits.
 *
 * axios looks `globalThis` through for FormData, Request and Response as it loads, for an adapter that
 * is not used under Node, and looking is what loads undici. So `globalThis` is an empty object here. Who
 * names a global directly, as our own code and aws4fetch do, has it as before.
 */
export function quickToImport({ banner, define }: BuildOptions): BuildOptions {
  return {
    banner: { ...banner, js: `${banner?.['js'] ?? ''} const ${NO_GLOBALS} = {};` },
    define: { ...define, globalThis: NO_GLOBALS },
    plugins: [builtinsByRequire],
  }
}
