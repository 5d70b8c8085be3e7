import { execFile } from 'node:child_process'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { makeCodeCache } from '../../scripts/build-server.ts'
import { cacheFor, compiled, sealed } from '../../src/launcher/compiled.ts'

const SERVER = resolve('dist/server.cjs')
const CACHE = 'dist/server.cache'

const run = promisify(execFile)
const source = await readFile(SERVER)

/** `dist` as it is deployed, with another cache, or without one. */
async function deployed(t: Test, cache?: Buffer): Promise<string> {
  const dist = t.testdir()
  for (const name of ['server.mjs', 'server.cjs']) await copyFile(`dist/${name}`, join(dist, name))
  if (cache !== undefined) await writeFile(join(dist, 'server.cache'), cache)
  return dist
}

/** Says what it misses, which is the service's own code. */
async function startsIn(t: Test, dist: string, ...flags: string[]): Promise<void> {
  const args = [...flags, join(dist, 'server.mjs')]
  const error: { code: number; stdout: string; stderr: string } = await run(
    process.execPath,
    args,
    { env: {} },
  ).then(
    () => t.fail('started without a configuration'),
    (reason) => reason,
  )
  t.equal(error.code, 1)
  t.equal(error.stdout, '')
  t.match(error.stderr, /^The configuration is not usable:\n {2}AWS_REGION: is required/)
}

t.test('what the build made of the code is what V8 takes', async (t) => {
  const cache = cacheFor(source, CACHE)
  t.ok(cache)
  t.equal(compiled(SERVER, source, cache).cachedDataRejected, false)
})

t.test('the same code in the same place gives the same bytes', async (t) => {
  // Not with that of `dist`: tap has something of its own run first in the processes that tests start.
  const files = ['first', 'second'].map((name) => join(t.testdirName, name))
  t.testdir()
  for (const file of files) await makeCodeCache(SERVER, file)
  const [first, second] = await Promise.all(files.map((file) => readFile(file)))
  t.ok(first!.equals(second!))
})

t.test('a cache that is damaged, or of other code, is none', async (t) => {
  const bytes = await readFile(CACHE)
  const damaged = Buffer.from(bytes)
  damaged[damaged.length >> 1]! ^= 1
  const otherCode = Buffer.from(source)
  otherCode[otherCode.length >> 1]! ^= 1
  const files = t.testdir({
    damaged,
    short: bytes.subarray(0, bytes.length >> 1),
    empty: '',
  })
  for (const name of ['damaged', 'short', 'empty', 'missing']) {
    t.equal(cacheFor(source, join(files, name)), undefined, name)
  }
  t.equal(cacheFor(otherCode, CACHE), undefined, 'of the same length')
})

t.test('without a cache that fits, the service starts all the same', async (t) => {
  const bytes = await readFile(CACHE)
  const ofAnotherV8 = Buffer.from(bytes.subarray(0, -4))
  // After the magic number comes V8's version (V8, SerializedCodeData).
  ofAnotherV8[4]! ^= 1
  // Under another name, or V8 finds what it has compiled in this process.
  t.equal(compiled('other.cjs', source, ofAnotherV8).cachedDataRejected, true)
  await startsIn(t, await deployed(t))
  await startsIn(t, await deployed(t, bytes.subarray(0, -5)))
  await startsIn(t, await deployed(t, sealed(source, ofAnotherV8)))
})

t.test('it starts with flags of V8 that the cache was not made with', async (t) => {
  await startsIn(t, await deployed(t, await readFile(CACHE)), '--expose-gc', '--no-lazy')
})

t.test('where source maps are asked for, Node loads the code itself', async (t) => {
  await startsIn(t, await deployed(t, await readFile(CACHE)), '--enable-source-maps')
})
