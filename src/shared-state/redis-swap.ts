import type { Redis } from './redis-connection.ts'

const SWAP = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('del', KEYS[1])
else redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`

/**
 * Replaces or (by an empty text) deletes a value that is still the one we saw.
 * @param ms how long the new one lives
 * @returns false when it was another by then
 */
export async function swap(
  redis: Redis,
  key: string,
  from: string,
  to: string,
  ms = 0,
): Promise<boolean> {
  const reply = await redis.eval(SWAP, { keys: [key], arguments: [from, to, String(ms)] })
  return reply === 1
}
