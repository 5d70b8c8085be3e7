import { fileURLToPath } from 'node:url'
import { buildPage } from '../../support/build-page.ts'

const CLIENT_DIR = fileURLToPath(new URL('client/', import.meta.url))

/** Puts the three files of the pre-built UI page into `outDir`. */
export async function buildPrebuiltUi(outDir: string): Promise<void> {
  await buildPage(CLIENT_DIR, outDir)
}
