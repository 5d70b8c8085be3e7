import { checkOf, notSeen, ok, problem, warning, type Check } from '../check.ts'
import type { Facts } from '../facts.ts'

/** Milliseconds. A Date header counts seconds and travels, hence the first. */
const NOTABLE = 30_000
/** AWS docs: signatures that are more than five minutes off are refused. */
const REFUSED = 300_000

const signingKeys = checkOf(({ signingKeys: keys }) => keys, {
  id: 'cognito.signing-keys',
  holds: "the pool's signing keys can be fetched from here",
  why: 'access tokens are checked with them',
  worst: 'problem',
  examine: () => ok('they can be fetched'),
})

function clock(name: keyof Facts['clocks']): Check {
  return {
    id: `clock.${name.toLowerCase()}`,
    holds: `the clock of this machine agrees with ${name}'s`,
    why: 'sessions and tokens would end early or late, and AWS refuses signed calls',
    worst: 'problem',
    examine({ clocks }) {
      const looked = clocks[name]
      if ('unseen' in looked) return notSeen(looked)
      if ('missing' in looked) return { status: 'skipped', found: looked.missing }
      const off = Math.abs(looked.seen)
      if (off < NOTABLE) return ok('it agrees')
      const found = `the clock here is ${Math.round(off / 1000)} s ${looked.seen > 0 ? 'ahead' : 'behind'}`
      const fix = 'timedatectl set-ntp true, on the machine that runs the containers'
      return off < REFUSED ? warning(found, fix) : problem(found, fix)
    },
  }
}

export const NETWORK = [signingKeys, clock('Cognito'), clock('Authsignal')]
