import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import { quickToImport } from '../scripts/quick-import.ts'
import { createEvent, email, tenant } from './triggers/support.ts'

const run = promisify(execFile)

const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

async function bundle(t: Test, quick: boolean): Promise<string> {
  const outfile = join(t.testdir({}), 'index.mjs')
  const banner = { js: REQUIRE }
  await build({
    entryPoints: ['src/triggers/create-auth-challenge.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    keepNames: true,
    define: { __VERSION__: '"test"' },
    banner,
    ...(quick ? quickToImport({ banner, define: { __VERSION__: '"test"' } }) : {}),
  })
  return outfile
}

/** Runs a program that has imported the bundle as `handler`, away from this process. */
async function having(file: string, program: string, env: Record<string, string>): Promise<string> {
  const code = `const { handler } = await import(${JSON.stringify(file)}); ${program}`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { env })
  return stdout.trim().split('\n').at(-1) ?? ''
}

const LOADS_UNDICI =
  "console.log(process.moduleLoadList.some((name) => name.endsWith('deps/undici/undici')))"
const ENV = { AUTHSIGNAL_SECRET: 's', AUTHSIGNAL_URL: 'http://localhost:9/v1' }

t.test('a bundle made to be imported quickly leaves undici where it is', async (t) => {
  t.equal(await having(await bundle(t, true), LOADS_UNDICI, ENV), 'false')
  t.equal(await having(await bundle(t, false), LOADS_UNDICI, ENV), 'true', 'else nothing is gained')
})

t.test('and does what it did', async (t) => {
  const { authsignal } = await tenant(t)
  const program = `const { response } = await handler(${JSON.stringify(createEvent())})
    console.log(JSON.stringify(response))`
  const env = { AUTHSIGNAL_SECRET: 'tenant-secret', AUTHSIGNAL_URL: authsignal.apiUrl }
  const response = JSON.parse(await having(await bundle(t, true), program, env))
  t.match(response.publicChallengeParameters, { token: /^ey/, url: /token=/ })
  t.match([...authsignal.users.values()][0]?.authenticators, [{ email }])
})
