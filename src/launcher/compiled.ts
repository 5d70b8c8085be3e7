import { readFileSync } from 'node:fs'
import { constants, Script } from 'node:vm'
import { crc32 } from 'node:zlib'

/** The service as CommonJS, whose exports it returns. */
export type Service = (
  require: NodeJS.Require,
  module: { exports: object },
) => { started: Promise<void> }

const CHECKSUM_BYTES = 4

/**
 * The service's code, ready to be run.
 * @param cached what V8 has made of it before; compiled anew when it does not fit
 */
export function compiled(file: string, source: Buffer, cached?: Buffer): Script {
  // The code is ASCII: so V8 takes the bytes as they are, without a copy in its heap.
  return new Script(source.toString('latin1'), {
    filename: file,
    ...(cached === undefined ? {} : { cachedData: cached }),
    // For `import()` of Node's modules, which the SDK does.
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
}

/** @returns a cache that can be told from one of other code, and from a damaged one */
export function sealed(source: Buffer, cache: Buffer): Buffer {
  const checksum = Buffer.alloc(CHECKSUM_BYTES)
  checksum.writeUInt32LE(checksumOf(source, cache))
  return Buffer.concat([cache, checksum])
}

/**
 * @returns undefined without a cache for just this code. V8 knows its own version and flags, but of
 * the code it looks at the length only, and at none of the cache's bytes (V8, SerializedCodeData).
 */
export function cacheFor(source: Buffer, file: string): Buffer | undefined {
  const bytes = readIfThere(file)
  if (bytes === undefined || bytes.length < CHECKSUM_BYTES) return undefined
  const cache = bytes.subarray(0, -CHECKSUM_BYTES)
  return bytes.readUInt32LE(cache.length) === checksumOf(source, cache) ? cache : undefined
}

function checksumOf(source: Buffer, cache: Buffer): number {
  return crc32(cache, crc32(source))
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
