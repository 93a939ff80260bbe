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

  test('is decided by the rule where it is not given', () => {
    expect(optionsOf().probe.kind).toBeUndefined()
    expect(wrongWith({ probe: 'https' })).toEqual([
      'probe must be tcp, http, grpc or command, not "https". Did you mean http?',
    ])
  })

  test.each([
    [{ probe: 'http', payload: 'a' }, 'payload is only used with probe: tcp.'],
    [{ probe: 'http', 'reply-until': 'close' }, 'reply-until is only used with probe: tcp.'],
    [{ probe: 'tcp', 'probe-path': '/a' }, 'probe-path is only used with probe: http or grpc.'],
    [{ probe: 'grpc', 'probe-http': '2' }, 'probe-http is only used with probe: http.'],
    [{ probe: 'grpc', 'probe-method': 'POST' }, 'probe-method is only used with probe: http.'],
    [
      { probe: 'command', 'probe-command': 'a', 'probe-host': 'a.example' },
      'probe-host is only used with probe: tcp, http or grpc.',
    ],
  ])('and other inputs fit together: %j', (inputs, what) => {
    const [input] = Object.keys(inputs).slice(-1)
    expect(wrongWith(inputs)).toEqual([`${what} Remove ${input}, or change probe.`])
  })
})

describe('a request', () => {
  test('has a method, a path, a host, headers and a version', () => {
    const { probe } = optionsOf({
      probe: 'http',
      'probe-method': 'HEAD',
      'probe-path': '/a?b=%20c',
      'probe-host': 'Shop.Example.com.',
      'probe-headers': '{X-Version: v2, x-number: 1}',
      'probe-http': '2',
    })
    expect(probe).toMatchObject({
      method: 'HEAD',
      path: '/a?b=%20c',
      host: 'shop.example.com',
      headers: [
        ['x-version', 'v2'],
        ['x-number', '1'],
      ],
      version: '2',
    })
  })

  test.each(['get', 'CONNECT', 'G ET', 'GET\r\nx: y'])('cannot have the method %j', (text) => {
    expect(wrongWith({ 'probe-method': text })).toEqual([
      `probe-method must be an HTTP method in upper case, such as GET, HEAD or POST, not ${JSON.stringify(text)}.`,
    ])
  })

  test.each(['a', 'http://a.example/', '/a b', '/a#b', '/é', '/a\r\nx: y'])(
    'cannot have the path %j',
    (text) => {
      expect(wrongWith({ 'probe-path': text })).toEqual([
        expect.stringMatching(/^probe-path must be a path that begins with \/, /),
      ])
    },
  )

  test.each(['a.example:80', 'https://a.example', '*.example', 'a b', '-a', 'a..b'])(
    'cannot have the host %j',
    (text) => {
      expect(wrongWith({ 'probe-host': text })).toEqual([
        `probe-host must be a host name such as shop.example.com, without a scheme, a port and wildcards, not "${text}".`,
      ])
    },
  )

  test.each(['192.0.2.1', '2001:db8::1', 'a_b.example', 'localhost'])(
    'can have the host %j',
    (text) => {
      expect(optionsOf({ 'probe-host': text }).probe.host).toBe(text)
    },
  )

  test.each([
    ['[a]', 'It is a list.'],
    ['{a: {b: c}}', 'a must be a string or a number.'],
    ['a:b', 'A space must follow the colon.'],
  ])('cannot have the headers %j', (text, why) => {
    const [what = ''] = wrongWith({ 'probe-headers': text })
    expect(what).toMatch(/^probe-headers must be a YAML mapping of header names to values/)
    expect(what).toContain(why)
  })

  test('has no headers that belong to the connection, to a body, or to another input', () => {
    expect(
      wrongWith({
        'probe-headers':
          '{Host: a, Content-Length: 3, connection: close, "a b": c, x: "d\\r\\ne: f", y: 1, Y: 2}',
      }),
    ).toEqual([
      'probe-headers: "host" cannot be set. Use probe-host.',
      'probe-headers: "content-length" cannot be set. Requests have no body.',
      'probe-headers: "connection" cannot be set. Each request uses a new connection.',
      'probe-headers: "a b" is not the name of a header.',
      'probe-headers: "x" has a value with a character that a header cannot have, such as a line break.',
      'probe-headers: "y" is given twice.',
    ])
  })

  test('has headers whose values no problem shows', () => {
    const secret = 'hunter2-hunter2'
    for (const text of [
      `{authorization: "${secret}\\n"}`,
      `authorization ${secret}`,
      `{authorization: [${secret}]}`,
      `{authorization: "${secret}`,
    ])
      expect(wrongWith({ 'probe-headers': text }).join()).not.toContain(secret)
  })
})

describe('TLS', () => {
  test('can be required, refused, or left to the gateway and the rule', () => {
    expect(optionsOf().probe.tls).toBe('auto')
    expect(optionsOf({ 'probe-tls': 'true' }).probe.tls).toBe(true)
    expect(optionsOf({ 'probe-tls': 'off' }).probe.tls).toBe(false)
    expect(wrongWith({ 'probe-tls': '1' })).toEqual([
      'probe-tls must be auto, true or false, not "1".',
    ])
    expect(optionsOf({ 'probe-insecure': 'yes' }).probe.insecure).toBe(true)
    expect(wrongWith({ 'probe-insecure': 'maybe' })).toEqual([
      'probe-insecure must be true or false, not "maybe".',
    ])
  })

  test('needs a certificate and its key together', () => {
    expect(wrongWith({ 'probe-key': 'key.pem' })).toEqual([
      'probe-cert is required with probe-key.',
    ])
    expect(wrongWith({ 'probe-cert': 'cert.pem' })).toEqual([
      'probe-key is required with probe-cert.',
    ])
  })

  test('that is refused has no certificates', () => {
    expect(
      wrongWith({ 'probe-tls': 'false', 'probe-ca': 'ca.pem', 'probe-insecure': 'true' }),
    ).toEqual([
      'probe-ca cannot be combined with probe-tls: false.',
      'probe-insecure cannot be combined with probe-tls: false.',
    ])
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

test('an empty payload suits every probe', () => {
  const inputs = { probe: 'command', 'probe-command': 'curl' }
  expect(optionsOf({ ...inputs, payload: '' }).probe.given).not.toContain('payload')
  expect(wrongWith({ ...inputs, payload: 'x' })).toEqual([
    expect.stringMatching(/^payload is only used with probe: tcp/),
  ])
})
