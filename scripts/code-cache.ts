/**
 * Starts the service and writes down what V8 has compiled until it is ready. Its functions are compiled
 * as they are first called, so this has all of those that a start calls and no others.
 *
 * A process of its own, which build.ts starts: `code-cache <server.cjs> <server.cache>`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { TAKEN_BACK } from './reproducible.ts'
import { compiled, sealed, type Service } from '../src/launcher/compiled.ts'

const AFTERWARDS_MS = 300
const A_SECOND_MS = 1_000
const [file = '', cacheFile = ''] = process.argv.slice(2)
const source = readFileSync(file)
const script = compiled(file, source)
globalThis.setInterval = soonOnly(setInterval)
globalThis.setTimeout = soonOnly(setTimeout)
const service: Service = script.runInThisContext()
await service(createRequire(file), { exports: {} }).started
// Not before, and once: what is compiled must not depend on how long things take.
if ((await readiness()) !== 200) throw new Error('not ready')
// What a start leaves for a moment later, such as its log lines.
await sleep(AFTERWARDS_MS)
const runsWith = process.env['V8_FLAGS']?.split(' ') ?? []
for (const flag of [...TAKEN_BACK, ...runsWith]) setFlagsFromString(flag)
writeFileSync(cacheFile, sealed(source, script.createCachedData()))
process.exit()

/**
 * A timer of a second or more does nothing: on a machine that stalls for so long its function would be
 * compiled, on others not.
 */
function soonOnly<Timer extends typeof setInterval | typeof setTimeout>(set: Timer): Timer {
  return new Proxy(set, {
    apply: (timer, whose, [act, ms = 0, ...given]: [() => void, number?, ...unknown[]]) =>
      Reflect.apply(timer, whose, [ms < A_SECOND_MS ? act : () => {}, ms, ...given]),
  })
}

function readiness(): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const url = `http://127.0.0.1:${process.env['ADMIN_PORT']}/health/ready`
    get(url, { agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    }).on('error', reject)
  })
}
