/**
 * `dist/server.mjs`: starts the service, which is `server.cjs` beside it, with what V8 made of it when
 * it was built (`server.cache`). Without that, or with another Node, it only takes longer.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { cacheFor, compiled, type Service } from './compiled.ts'
import { growFreely } from './heap.ts'

const fromHere = createRequire(import.meta.url)
const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const file = beside('server.cjs')

if (process.sourceMapsEnabled) {
  // Node uses the maps only of what it has loaded itself.
  void fromHere(file).started.then(growFreely)
} else {
  const source = readFileSync(file)
  const service: Service = compiled(
    file,
    source,
    cacheFor(source, beside('server.cache')),
  ).runInThisContext()
  // Not earlier: what Node has compiled of its own is for V8's flags as they were, too.
  void service(fromHere, { exports: {} }).started.then(growFreely)
}
