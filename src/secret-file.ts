import { readFileSync, statSync } from 'node:fs'

/** Far above the longest secret; a path to something else must not fill the memory. */
const MAX_BYTES = 64 * 1024

/**
 * What a mounted secret holds, as Docker and Kubernetes provide them.
 * @throws Error that says what is wrong with the file; never its path or content
 */
export function readSecretFile(path: string): string {
  const content = contentOf(path).trim()
  if (content === '') throw new Error('the file is empty')
  return content
}

function contentOf(path: string): string {
  try {
    const { size } = statSync(path)
    if (size <= MAX_BYTES) return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    // oxlint-disable-next-line eslint/preserve-caught-error -- its message tells the path
    throw new Error(`the file cannot be read (${code})`)
  }
  throw new Error(`the file is larger than ${MAX_BYTES / 1024} KiB`)
}
