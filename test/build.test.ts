import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unzipSync } from 'fflate'
import t from 'tap'

const TRIGGERS = [
  'define-auth-challenge',
  'create-auth-challenge',
  'verify-auth-challenge-response',
  'pre-sign-up',
]

t.test('the production build has nothing of the local stack or the tests in it', async (t) => {
  const { sources }: { sources: string[] } = JSON.parse(
    await readFile('dist/server.mjs.map', 'utf8'),
  )
  t.ok(sources.some((source) => source.includes('/src/server.ts')))
  t.strictSame(
    sources.filter((source) =>
      /(^|\/)(local|test|scripts)\//.test(source.replace(/.*node_modules/, '')),
    ),
    [],
  )
  for (const file of ['server', 'doctor', ...TRIGGERS.map((name) => `triggers/${name}/index`)]) {
    const code = await readFile(`dist/${file}.mjs`, 'utf8')
    t.notOk(/startLocal|\/local\/messages/.test(code), file)
  }
})

for (const name of TRIGGERS) {
  t.test(`${name} is one small file that exports a handler, and a zip of it`, async (t) => {
    const file = `dist/triggers/${name}/index.mjs`
    const code = await readFile(file)
    t.ok((await stat(file)).size < 350 * 1024)
    t.strictSame(
      Object.entries(unzipSync(await readFile(`dist/triggers/${name}.zip`))).map(
        ([path, bytes]) => [path, Buffer.from(bytes).equals(code)],
      ),
      [['index.mjs', true]],
    )
    process.env['AUTHSIGNAL_SECRET'] = 'secret'
    process.env['AUTHSIGNAL_URL'] = 'http://localhost:9/v1'
    // Away from node_modules: whatever is missing from the file is missing here.
    const elsewhere = join(t.testdir({ 'index.mjs': code }), 'index.mjs')
    const module = await import(pathToFileURL(elsewhere).href)
    t.type(module.handler, 'function')
  })
}
