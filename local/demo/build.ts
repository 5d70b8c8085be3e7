import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const CLIENT_DIR = fileURLToPath(new URL('client/', import.meta.url))

/** Puts the three files of the demo page into `outDir`. */
export async function buildDemo(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true })
  await build({
    entryPoints: [join(CLIENT_DIR, 'main.ts')],
    outfile: join(outDir, 'app.js'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: false,
    // Inside app.js, since the server hands out three files and no more.
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  await Promise.all(
    ['index.html', 'styles.css'].map((name) =>
      copyFile(join(CLIENT_DIR, name), join(outDir, name)),
    ),
  )
}
