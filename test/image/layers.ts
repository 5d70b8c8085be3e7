import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A layer as it is delivered, but not compressed. */
export interface Layer {
  digest: string
  bytes: number
}

/** Writes the image down the way it would be pushed, and says which layers it has, the lowest first. */
export async function layersOf(image: string, directory: string): Promise<Layer[]> {
  // `dir` is the one destination that buildah does not compress for.
  await run('buildah', ['push', '--quiet', '--disable-compression', image, `dir:${directory}`])
  const manifest: { layers: { digest: string }[] } = JSON.parse(
    await readFile(join(directory, 'manifest.json'), 'utf8'),
  )
  return Promise.all(
    manifest.layers.map(async ({ digest }) => {
      const { size } = await stat(join(directory, digest.replace('sha256:', '')))
      return { digest, bytes: size }
    }),
  )
}

/** The layers by content that an image of this machine has, the lowest first. */
export async function digestsOf(image: string): Promise<string[]> {
  const { stdout } = await run('buildah', ['inspect', '--type', 'image', image])
  const { OCIv1 }: { OCIv1: { rootfs: { diff_ids: string[] } } } = JSON.parse(stdout)
  return OCIv1.rootfs.diff_ids
}
