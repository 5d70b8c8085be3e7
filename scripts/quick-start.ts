import { createRequire } from 'node:module'
import { basename, dirname } from 'node:path'
import type { Plugin } from 'esbuild'

const fromHere = createRequire(import.meta.url)

/**
 * Functions that a package keeps in a file of their own, by whoever asks for them; loaded when they are
 * called. HTTP/2 is not spoken unless an upstream asks for it; schemas are compiled after the start.
 */
const CALLED_LATER: readonly { path: RegExp; by: RegExp }[] = [
  { path: /^\.\/client-h2\.js$/, by: /\/node_modules\/undici\/lib\/dispatcher\/client\.js$/ },
  { path: /^@fastify\/ajv-compiler$/, by: /\/src\/http\/lazy-schemas\.ts$/ },
  { path: /^@fastify\/fast-json-stringify-compiler$/, by: /\/src\/http\/lazy-schemas\.ts$/ },
]

/** Its server asks for it by name once it is told to speak HTTP/2, which ours never is. */
const SERVER_OF_FASTIFY = /\/node_modules\/fastify\/lib\/server\.js$/

/**
 * Of undici what is used here and by the SDK's handler for it. Its index has `fetch`, caches, cookies and
 * WebSocket too, and loads the same in Node, to compare: together a tenth of a start.
 */
const USED_OF_UNDICI = `
  const Dispatcher = require('./lib/dispatcher/dispatcher')
  Object.assign(Dispatcher.prototype, require('./lib/api'))
  module.exports = {
    Dispatcher,
    Agent: require('./lib/dispatcher/agent'),
    getGlobalDispatcher: () => require('./lib/global').getGlobalDispatcher(),
  }`

const USED = '?used'
const LATER = '?later'
const AS_IT_IS = 'as it is'

/** What a start of the service can do without is loaded when it is first called, or left out. */
export const quickToStart: Plugin = {
  name: 'quick-to-start',
  setup(bundle) {
    bundle.onResolve({ filter: /./ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === AS_IT_IS) return undefined
      if (path === 'undici') return { path: fromHere.resolve(path), suffix: USED }
      if (path === 'node:http2' && SERVER_OF_FASTIFY.test(importer)) {
        return { path, namespace: 'builtin' }
      }
      if (!CALLED_LATER.some((one) => one.path.test(path) && one.by.test(importer)))
        return undefined
      const options = { kind, resolveDir, importer, pluginData: AS_IT_IS }
      return { path: (await bundle.resolve(path, options)).path, suffix: LATER }
    })
    bundle.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const name = JSON.stringify(path)
      return {
        contents: `module.exports = new Proxy({}, { get: (_, key) => require(${name})[key] })`,
      }
    })
    bundle.onLoad({ filter: /./ }, ({ path, suffix }) => {
      if (suffix === USED) return { contents: USED_OF_UNDICI, resolveDir: dirname(path) }
      return suffix === LATER
        ? { contents: calledLater(path), resolveDir: dirname(path) }
        : undefined
    })
  },
}

function calledLater(path: string): string {
  return `
    const later = (...given) => require(${JSON.stringify(`./${basename(path)}`)})(...given)
    module.exports = Object.assign(later, { AjvCompiler: later, SerializerSelector: later })`
}
