import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Puts a page that lives in `clientDir` as main.ts, index.html and styles.css into `outDir`. */
export async function buildPage(clientDir: string, outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true })
  await build({
    entryPoints: [join(clientDir, 'main.ts')],
    outfile: join(outDir, 'app.js'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: false,
    // Inside app.js, since the servers hand out three files and no more.
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  await build({
    entryPoints: [join(clientDir, 'styles.css')],
    outfile: join(outDir, 'styles.css'),
    // Puts what it imports into one file.
    bundle: true,
    target: 'es2022',
    logLevel: 'warning',
  })
  await copyFile(join(clientDir, 'index.html'), join(outDir, 'index.html'))
}
