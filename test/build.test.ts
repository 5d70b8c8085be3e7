import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
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
    await readFile('dist/server.cjs.map', 'utf8'),
  )
  t.ok(sources.some((source) => source.includes('/src/server.ts')))
  t.strictSame(
    sources.filter((source) =>
      /(^|\/)(local|test|scripts)\//.test(source.replace(/.*node_modules/, '')),
    ),
    [],
  )
  const triggers = TRIGGERS.map((name) => `triggers/${name}/index.mjs`)
  for (const file of ['server.mjs', 'server.cjs', 'doctor.mjs', ...triggers]) {
    const code = await readFile(`dist/${file}`, 'utf8')
    t.notOk(/startLocal|\/local\/messages/.test(code), file)
  }
})

t.test('a trigger is made of src and of packages that run, and of nothing heavy', async (t) => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile('package.json', 'utf8'),
  )
  for (const name of TRIGGERS) {
    const { metafile } = await build({
      entryPoints: [`src/triggers/${name}.ts`],
      bundle: true,
      platform: 'node',
      format: 'esm',
      metafile: true,
      write: false,
    })
    const sources = Object.keys(metafile.inputs)
    const own = sources.filter((source) => !source.startsWith('node_modules/'))
    t.strictSame(
      own.filter((source) => !source.startsWith('src/')),
      [],
      name,
    )
    const needless = /^node_modules\/(@aws-sdk|@smithy|fastify|pino|typebox|libphonenumber-js)\//
    t.strictSame(
      sources.filter((source) => needless.test(source)),
      [],
      name,
    )
    // What a source of ours imports is a dependency; theirs are their own affair.
    const imported = own.flatMap((source) =>
      (metafile.inputs[source]?.imports ?? [])
        .map(({ original = '' }) => original)
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:')),
    )
    t.strictSame(
      [...new Set(imported)].filter(
        (specifier) => specifier !== '' && !(specifier in dependencies),
      ),
      [],
      name,
    )
  }
})

for (const name of TRIGGERS) {
  t.test(`${name} is one small file that exports a handler, and a zip of it`, async (t) => {
    const file = `dist/triggers/${name}/index.mjs`
    const code = await readFile(file)
    t.ok((await stat(file)).size <= 350 * 1024)
    const zip = unzipSync(await readFile(`dist/triggers/${name}.zip`))
    t.strictSame(Object.keys(zip), ['index.mjs', 'THIRD-PARTY-NOTICES.txt'])
    t.ok(Buffer.from(zip['index.mjs']!).equals(code))
    process.env['AUTHSIGNAL_SECRET'] = 'secret'
    process.env['AUTHSIGNAL_URL'] = 'http://localhost:9/v1'
    // Away from node_modules: whatever is missing from the file is missing here.
    const elsewhere = join(t.testdir({ 'index.mjs': code }), 'index.mjs')
    const module = await import(pathToFileURL(elsewhere).href)
    t.type(module.handler, 'function')
  })
}
