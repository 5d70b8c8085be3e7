import { readdir } from 'node:fs/promises'
import t from 'tap'
import { ENVIRONMENT } from './support/config.ts'

/** Begin their work when they are imported; the end-to-end tests run them as processes. */
const ENTRY_POINTS = new Set(['server.ts', 'launcher/main.ts', 'doctor/main.ts'])

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
