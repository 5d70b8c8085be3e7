import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build, type BuildOptions, type Metafile } from 'esbuild'
import { freePort } from './free-port.ts'
import { quickToStart } from './quick-start.ts'
import { REPRODUCIBLE } from './reproducible.ts'

/**
 * A function, so that the launcher can run it and V8 keep what it compiles of it; loaded by Node, as for
 * source maps, it runs at once. Strict, as ES modules are, of which most of it is made.
 */
const AS_FUNCTION = {
  banner: {
    js: '(run=>typeof module==="object"?run(require,module):run)(function(require,module){"use strict";',
  },
  footer: { js: 'return module.exports})' },
} satisfies BuildOptions

/** Enough to start. It is asked for nothing, so that it calls nobody. */
const CONFIG = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  AWS_REGION: 'eu-west-1',
  COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123',
  COGNITO_CLIENT_ID: '4k2example0client',
  AUTHSIGNAL_SECRET: 'none-for-the-build',
  AUTHSIGNAL_URL: 'https://eu.api.authsignal.com/v1',
  SESSION_KEYS: Buffer.alloc(32).toString('base64'),
}
const STARTS_WITHIN_MS = 60_000

/**
 * `dist/server.mjs`, which starts the service, `server.cjs`, which is all of it, and `server.cache`,
 * which is what V8 makes of it.
 * @returns what is in the service
 */
export async function buildServer(
  common: BuildOptions,
  program: BuildOptions & { metafile: true },
): Promise<Metafile> {
  const [{ metafile }] = await Promise.all([
    build({
      ...common,
      ...program,
      ...AS_FUNCTION,
      // Node's modules are required anyway, so nothing has to be done about their imports.
      plugins: [quickToStart],
      format: 'cjs',
      entryPoints: ['src/server.ts'],
      outfile: 'dist/server.cjs',
    }),
    build({
      ...common,
      ...program,
      sourcemap: false,
      entryPoints: ['src/launcher/main.ts'],
      outfile: 'dist/server.mjs',
    }),
  ])
  // The launcher reads it a byte a character.
  if (/[^\0-\x7f]/.test(await readFile('dist/server.cjs', 'utf8'))) throw new Error('not ASCII')
  await makeCodeCache('dist/server.cjs', 'dist/server.cache')
  return metafile
}

/**
 * Starts the service as it was built, to see what of it V8 has to compile; the same bytes each time.
 * V8_FLAGS are those that the service will be run with, where they are others than V8's own.
 */
export async function makeCodeCache(server: string, cache: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ['scripts/code-cache.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  })
  const [PORT, ADMIN_PORT] = [`${await freePort()}`, `${await freePort()}`]
  execFileSync(
    process.execPath,
    [...REPRODUCIBLE, '--input-type=module', '-', resolve(server), resolve(cache)],
    {
      input: outputFiles.map(({ text }) => text).join(''),
      env: { ...CONFIG, PORT, ADMIN_PORT, V8_FLAGS: process.env['V8_FLAGS'] },
      encoding: 'utf8',
      timeout: STARTS_WITHIN_MS,
    },
  )
}
