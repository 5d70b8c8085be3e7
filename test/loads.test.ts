import { readdir } from 'node:fs/promises'
import t from 'tap'
import { ENVIRONMENT } from './support/config.ts'

/** Starts listening when it is imported; the end-to-end tests run it as a process. */
const ENTRY_POINTS = new Set(['server.ts'])

t.test(
  'every source file loads by itself, so that coverage counts the untested ones',
  async (t) => {
    // The triggers read their settings when they are loaded, as Lambda does.
    Object.assign(process.env, ENVIRONMENT)
    const source = new URL('../src/', import.meta.url)
    const files = (await readdir(source, { recursive: true }))
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.ts') && !ENTRY_POINTS.has(file))
    t.ok(files.includes('app.ts') && files.includes('triggers/create-auth-challenge.ts'))
    for (const file of files) {
      await t.resolves(import(new URL(file, source).href), file)
    }
  },
)
