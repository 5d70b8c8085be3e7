import { fileURLToPath } from 'node:url'
import { buildPage } from '../support/build-page.ts'

const CLIENT_DIR = fileURLToPath(new URL('client/', import.meta.url))

/** Puts the three files of the demo page into `outDir`. */
export async function buildDemo(outDir: string): Promise<void> {
  await buildPage(CLIENT_DIR, outDir)
}
