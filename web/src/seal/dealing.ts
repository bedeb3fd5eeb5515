/** Dealing s_T to the custodians, and recovering it from the seeds that they publish. */

import { b64, labelledHash, text, unb64, type Bytes } from './bytes'
import * as shamir from './shamir'
import { keyId, openWith, publicKey, sealTo } from './xwing'

/** One custodian's share: the key it is sealed to, its commitment, enc ‖ ciphertext. */
export interface Share {
  readonly kid: string
  readonly c: string
  readonly hpke: string
}

/** The dealer's fault; `code` is stable, `kid` the custodian key at which it shows, if one. */
export class BadDeal extends Error {
  constructor(
    readonly code: string,
    readonly kid = '',
  ) {
    super(`${code} ${kid}`.trim())
  }
}

/** Fewer than k custodians have published: nobody can open, and no bidder is at fault. */
export class TooFewKeys extends Error {}

/** c(g, x) = H("sbe/1 commit", ctx, g, x), base64url. */
export async function commitment(ctx: Bytes, group: string, secret: Bytes): Promise<string> {
  return b64(await labelledHash('sbe/1 commit', ctx, text(group), secret))
}

/** Shares of `secret`, number i (from 1) for key number i; any k of them give it. */
export async function deal(
  ctx: Bytes,
  secret: Bytes,
  k: number,
  publics: readonly Bytes[],
  group = 'T',
): Promise<Share[]> {
  const shares = shamir.split(secret, publics.length, k)
  return Promise.all(
    publics.map(async (key, i) => {
      const kid = await keyId(key)
      const hpke = b64(await sealTo(key, shares[i]!, await infoOf(ctx, kid)))
      return { kid, c: await commitment(ctx, `${group}/${kid}`, shares[i]!), hpke }
    }),
  )
}

/** The dealt secret, from the published seeds by key id. Every share is recomputed and compared: BadDeal, TooFewKeys. */
export async function recover(
  ctx: Bytes,
  committed: string,
  k: number,
  shares: readonly Share[],
  seeds: ReadonlyMap<string, Bytes>,
  group = 'T',
): Promise<Bytes> {
  if (shares.length > 255) throw new BadDeal('too_many_shares')
  const opened: Bytes[] = []
  for (const [place, share] of shares.entries()) {
    const seed = await seedOf(share, seeds)
    if (seed) opened.push(await open(ctx, group, place + 1, share, seed))
  }
  if (opened.length < k) throw new TooFewKeys(`${opened.length} of ${k} custodians have published`)
  const basis = opened.slice(0, k)
  const secret = shamir.at(basis, 0)
  if ((await commitment(ctx, group, secret)) !== committed) throw new BadDeal('secret_not_committed')
  await requireEven(ctx, group, shares, basis)
  return secret
}

/** The share that was dealt to the key of this seed; BadDeal if it does not open, match or lie in its place. */
export async function openedShare(ctx: Bytes, group: string, shares: readonly Share[], seed: Bytes): Promise<Bytes> {
  const kid = await keyId(await publicKey(seed))
  const place = shares.findIndex((share) => share.kid === kid)
  if (place < 0) throw new BadDeal('no_share', kid)
  return open(ctx, group, place + 1, shares[place]!, seed)
}

/** A seed whose public key is another counts as absent. */
async function seedOf(share: Share, seeds: ReadonlyMap<string, Bytes>): Promise<Bytes | null> {
  const seed = seeds.get(share.kid)
  return seed && (await keyId(await publicKey(seed))) === share.kid ? seed : null
}

/** Any k shares give all others: each must be what its commitment says. */
async function requireEven(
  ctx: Bytes,
  group: string,
  shares: readonly Share[],
  basis: readonly Bytes[],
): Promise<void> {
  for (const [place, share] of shares.entries()) {
    const recomputed = Uint8Array.from([...shamir.at(basis, place + 1), place + 1])
    if ((await commitment(ctx, `${group}/${share.kid}`, recomputed)) !== share.c) {
      throw new BadDeal('uneven_shares', share.kid)
    }
  }
}

async function open(ctx: Bytes, group: string, place: number, share: Share, seed: Bytes): Promise<Bytes> {
  let plain: Bytes
  try {
    plain = await openWith(seed, unb64(share.hpke), await infoOf(ctx, share.kid))
  } catch {
    throw new BadDeal('share_does_not_open', share.kid)
  }
  if ((await commitment(ctx, `${group}/${share.kid}`, plain)) !== share.c) {
    throw new BadDeal('share_not_committed', share.kid)
  }
  if (plain.length !== 33 || plain.at(-1) !== place) throw new BadDeal('share_misplaced', share.kid)
  return plain
}

async function infoOf(ctx: Bytes, kid: string): Promise<Bytes> {
  return labelledHash('sbe/1 share', ctx, text(kid))
}
