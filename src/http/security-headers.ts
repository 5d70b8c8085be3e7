/**
 * What helmet says on every answer of an API: nothing of it may be framed, run or guessed at
 * (OWASP REST Security Cheat Sheet; ASVS 3.4.1, 3.4.3 to 3.4.6). Left out is what only documents heed.
 * Constant, so it is written once and not computed by hooks for each answer; a test compares it with
 * what helmet says.
 * @param hstsMaxAge seconds for which browsers come by https only; 0 makes them forget it
 */
export function securityHeaders(hstsMaxAge?: number): Record<string, string> {
  return {
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    ...(hstsMaxAge === undefined
      ? {}
      : { 'strict-transport-security': `max-age=${hstsMaxAge}; includeSubDomains` }),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
}
