import { generate } from 'selfsigned'

/** PEM texts. */
export type ClientCertificate = { authority: string; certificate: string; key: string }

/** A certificate by which a client is known as `name`, of `group` where there is one, and the authority that vouches for it. */
export async function clientCertificate(name: string, group?: string): Promise<ClientCertificate> {
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: 'clients' }], {
    ...common,
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  })
  const subject = [
    { name: 'commonName', value: name },
    ...(group === undefined ? [] : [{ name: 'organizationName', value: group }]),
  ]
  const client = await generate(subject, {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'extKeyUsage', clientAuth: true }],
  })
  return { authority: authority.cert, certificate: client.cert, key: client.private }
}
