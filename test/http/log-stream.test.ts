import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'

const MODULE = new URL('../../src/http/log-stream.ts', import.meta.url).href

/** What a process prints that has `output` and does this; `writes` counts calls of the system. */
async function printed(program: string): Promise<{ lines: string[]; code: number }> {
  const script = `
    import fs from 'node:fs'
    import { createRequire, syncBuiltinESMExports } from 'node:module'
    const write = fs.writeSync, writeLater = fs.write
    let writes = 0
    fs.writeSync = (fd, ...given) => { if (fd === 1) writes += 1; return write(fd, ...given) }
    fs.write = (fd, ...given) => { if (fd === 1) writes += 1; return writeLater(fd, ...given) }
    syncBuiltinESMExports()
    const { standardOutput } = await import(${JSON.stringify(MODULE)})
    const output = standardOutput()
    const later = () => new Promise((resolve) => setTimeout(resolve, 100))
    ${program}`
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'ignore'], cwd: new URL('../..', import.meta.url) },
  )
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const [code] = (await once(child, 'close')) as [number]
  return { lines: text.split('\n').slice(0, -1), code }
}

t.test('lines go out together and in order, a moment later', async (t) => {
  const { lines, code } = await printed(`
    for (const line of ['a', 'b', 'c']) output.write(line + '\\n')
    setImmediate(() => output.write('d\\n'))
    await later()
    const first = writes
    output.write('e\\n')
    await later()
    output.write(JSON.stringify([first, writes]) + '\\n')`)
  t.strictSame(lines, ['a', 'b', 'c', 'd', 'e', '[1,2]'])
  t.equal(code, 0)
})

const ENDS: Record<string, [program: string, code: number]> = {
  'has nothing left to do': ['', 0],
  'is told to end at once': ['process.exit(3)', 3],
  'ends while it handles a fatal error': [
    `process.on('uncaughtException', () => { output.write('z\\n'); process.exit(4) })
     throw new Error('x')`,
    4,
  ],
  'ends by an error that nobody handles': [`throw new Error('x')`, 1],
  'ends by a rejection that nobody handles': [`await Promise.reject(new Error('x'))`, 1],
}

t.test('a process that ends has said all it had to say', async (t) => {
  for (const [what, [end, expected]] of Object.entries(ENDS)) {
    const { lines, code } = await printed(`
      output.write('a\\n')
      await later()
      output.write('b\\n')
      output.write('c\\n')
      ${end}`)
    t.strictSame(lines, ['a', 'b', 'c', ...(end.includes("'z") ? ['z'] : [])], what)
    t.equal(code, expected, what)
  }
})

t.test('more than a pipe holds goes out too, and each line as it was', async (t) => {
  const { lines } = await printed(`
    for (let n = 0; n < 5_000; n++) output.write(n + ' ' + 'ä'.repeat(100) + '\\n')
    process.exit()`)
  t.equal(lines.length, 5_000)
  t.ok(lines.every((line, n) => line === `${n} ${'ä'.repeat(100)}`))
})
