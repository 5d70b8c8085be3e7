/**
 * Size and cold import of each built trigger: `tsx bench/triggers.ts`, after `npm run build`. A process
 * of its own for every import, the triggers and an empty module in turn, so that whatever else the
 * machine does falls on all of them. BENCH_NODE names another Node to measure with.
 */
import { execFile } from 'node:child_process'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { spreadOf } from './statistics.ts'
import { judgeTriggers, type TriggerFigures } from './triggers-verdict.ts'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] || 15)
const NODE = process.env['BENCH_NODE'] || process.execPath
const BUILT = 'dist/triggers'
const EMPTY = 'artifacts/bench/empty.mjs'
/** What a trigger wants to be told at its start; nothing is called. */
const ENV = { AUTHSIGNAL_SECRET: 'bench', AUTHSIGNAL_URL: 'https://eu.api.authsignal.com/v1' }

const run = promisify(execFile)

async function importMs(file: string): Promise<number> {
  const url = JSON.stringify(pathToFileURL(resolve(file)).href)
  const program = `const start = performance.now(); await import(${url}); console.log(performance.now() - start)`
  const { stdout } = await run(NODE, ['--input-type=module', '-e', program], { env: ENV })
  return Number(stdout)
}

function kibibytes(size: number): string {
  return (size / 1024).toFixed(1).padStart(9)
}

function row(name: string, bytes: number, zipBytes: number, times: readonly number[]): string {
  const milliseconds = [spreadOf(times).median, Math.min(...times), Math.max(...times)]
  const shown = milliseconds.map((ms) => ms.toFixed(1).padStart(8)).join('')
  return `${name.padEnd(32)}${kibibytes(bytes)}${kibibytes(zipBytes)}${shown}`
}

const entries = await readdir(BUILT, { withFileTypes: true })
const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
await mkdir('artifacts/bench', { recursive: true })
await writeFile(EMPTY, 'export {}\n')

const files = [EMPTY, ...names.map((name) => `${BUILT}/${name}/index.mjs`)]
const times = new Map(files.map((file) => [file, new Array<number>()]))
// Once each unmeasured: the first has to come from the disk.
for (const file of files) await importMs(file)
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [file, measured] of times) measured.push(await importMs(file))
}

const figures = await Promise.all(
  names.map(async (name): Promise<TriggerFigures> => {
    const file = `${BUILT}/${name}/index.mjs`
    const [{ size: bytes }, { size: zipBytes }] = await Promise.all([
      stat(file),
      stat(`${BUILT}/${name}.zip`),
    ])
    return { name, bytes, zipBytes, importMs: times.get(file) ?? [] }
  }),
)

const { stdout: version } = await run(NODE, ['--version'])
const empty = row('(an empty module)', (await stat(EMPTY)).size, 0, times.get(EMPTY) ?? [])
const breaches = judgeTriggers(figures)
const report = [
  `Node ${version.trim()}, ${ROUNDS} rounds; import in ms`,
  '',
  `${'trigger'.padEnd(32)}      KiB  zip KiB  median     min     max`,
  empty,
  ...figures.map((one) => row(one.name, one.bytes, one.zipBytes, one.importMs)),
  '',
  ...(breaches.length === 0 ? ['PASS'] : ['FAIL', ...breaches]),
]
process.stdout.write(`${report.join('\n')}\n`)
process.exitCode = breaches.length === 0 ? 0 : 1
