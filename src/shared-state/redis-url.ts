/**
 * Reads the address of a Redis.
 * @throws Error saying what to write instead; never quoting it, as it may hold a password
 */
export function parseRedisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isRedis = url && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
  if (!isRedis || !/^(\/\d*)?$/.test(url.pathname) || !isEncoded(url.username + url.password)) {
    throw new Error('must be a Redis URL such as rediss://user:password@host:6379/0')
  }
  return text
}

/** A bare % in a password makes the client throw an error that quotes the password. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
