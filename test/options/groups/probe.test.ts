import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

describe('probe', () => {
  const bytes = (payload: string | undefined) => {
    const { probe } = optionsOf({ payload })
    return Buffer.from(probe.payload).toString('latin1')
  }

  test('tcp sends the payload as it is written, with its blanks', () => {
    expect(bytes(undefined)).toBe('hello\n')
    expect(bytes('\\x00\\xff\\r\\n')).toBe('\x00\xff\r\n')
    expect(bytes(' a ')).toBe(' a ')
  })

  test('tcp sends nothing if payload is given and empty', () => {
    expect(bytes('')).toBe('')
  })

  test('an escape of payload that does not exist is reported', () => {
    expect(wrongWith({ payload: 'a\\0' })).toEqual([
      'payload: "a\\0" has the escape \\0, which does not exist. Use \\n, \\r, \\t, \\xNN or \\\\.',
    ])
  })

  test.each(['newline', 'match', 'close', 'half-close'])('reply-until can be %s', (replyUntil) => {
    expect(optionsOf({ 'reply-until': replyUntil }).probe).toMatchObject({ replyUntil })
  })

  test('command requires probe-command, and probe-command requires command', () => {
    const command = { probe: 'command', 'probe-command': "sh -c 'nc -w 2 $PROBE_HOST 9000'" }
    expect(optionsOf(command).probe).toMatchObject({
      kind: 'command',
      commandLine: "sh -c 'nc -w 2 $PROBE_HOST 9000'",
    })
    expect(wrongWith({ probe: 'command' })).toEqual([
      'probe-command is required with probe: command.',
    ])
    expect(wrongWith({ probe: 'command', 'probe-command': 'say "a' })).toEqual([
      'probe-command must be a command line in which every quote is closed, not "say \\"a".',
    ])
    expect(wrongWith({ ...command, 'probe-command': 'nc $PROBE_HOST 9000' })).toEqual([
      'probe-command: "nc $PROBE_HOST 9000" is not run by a shell, so $PROBE_HOST has no special meaning. Write sh -c \'...\' around it.',
    ])
    expect(wrongWith({ ...command, 'probe-command': 'echo a | nc h 1' })).toHaveLength(1)
    expect(wrongWith({ ...command, 'probe-command': 'grep a|b f' })).toEqual([])
    expect(wrongWith({ ...command, 'probe-command': 'nc "$PROBE_HOST" 1' })).toHaveLength(1)
    for (const text of ["client --fields '|' a", 'client "a && b"', "su -c 'nc $PROBE_HOST 1'"])
      expect(wrongWith({ ...command, 'probe-command': text })).toEqual([])
    expect(wrongWith({ 'probe-command': 'nc' })).toEqual([
      'probe-command is only used with probe: command. Add it, or remove probe-command.',
    ])
    expect(wrongWith({ mode: 'plan', probe: 'command' })).toEqual([])
  })

  test('cannot be anything else yet', () => {
    expect(wrongWith({ probe: 'http' })).toEqual(['probe must be tcp or command, not "http".'])
  })
})

describe('where to connect', () => {
  test('endpoint is a host and a port', () => {
    expect(optionsOf({ endpoint: '[::1]:31400' }).endpoint).toEqual({ host: '::1', port: 31400 })
    expect(wrongWith({ endpoint: '::1:31400' })).toEqual([
      'endpoint must be host:port or [IPv6 address]:port, with a port from 1 to 65535, not "::1:31400".',
    ])
  })

  test('gateway-service is a namespace and a name', () => {
    expect(optionsOf({ 'gateway-service': 'istio-system/istio-ingress' }).gatewayService).toEqual({
      namespace: 'istio-system',
      name: 'istio-ingress',
    })
  })

  test.each(['gateway', 'a/b/c', '/b', 'a/', 'A/b', 'a/b_c', '../b'])(
    'gateway-service cannot be %s',
    (text) => {
      expect(wrongWith({ 'gateway-service': text })).toEqual([
        `gateway-service must be namespace/name, not "${text}".`,
      ])
    },
  )
})
