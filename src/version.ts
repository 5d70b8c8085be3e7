/** Put in by the build; see scripts/build.ts. */
declare const __VERSION__: string | undefined

export const VERSION = typeof __VERSION__ === 'undefined' ? '0.0.0' : __VERSION__
