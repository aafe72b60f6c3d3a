import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type Compression, type SandboxOptions } from './types.mts';

/**
 * What a gateway in front of Teamogy does by itself. Which gateway that is, is INFERRED: a limit of 10 MB named "API
 * Gateway" (DOC) is Amazon's, so the numbers and bodies here are those Amazon documents.
 */

/** As Amazon's gateway is set up, all at once. */
export const AMAZON: Partial<SandboxOptions> = {
	maxHeadBytes: 10_240,
	unknownPaths: 403,
	tooLargeStatus: 502,
	retryAfter: 'none',
};

/** What Amazon's gateway says to a path or method it does not know, whatever the key. */
export function missingToken(): Refusal {
	return new Refusal(403, 'Missing Authentication Token');
}

/** Refuses a request whose request line and headers together have more than `maxBytes`. */
export function checkHead({ raw }: FastifyRequest, maxBytes: number): void {
	const line = `${raw.method} ${raw.url} HTTP/1.1\r\n`.length;
	// Each of `rawHeaders` is a name or a value; a colon, a space and a line end go with the two.
	const headers = raw.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
	if (line + headers > maxBytes) throw new Refusal(431, 'Request Header Or Cookie Too Large');
}

const COMPRESS: Record<Compression, (payload: Buffer) => Buffer> = {
	gzip: (payload) => gzipSync(payload),
	deflate: (payload) => deflateSync(payload),
	br: (payload) => brotliCompressSync(payload),
};

/** The answer as it goes over the wire: compressed where the client takes it, in chunks where asked for. */
export function pack(
	request: FastifyRequest,
	reply: FastifyReply,
	payload: Buffer,
	{ compress = 'none', chunked }: Pick<SandboxOptions, 'compress' | 'chunked'>,
): Buffer | Readable {
	const accepted = String(request.headers['accept-encoding'] ?? '').split(/\s*,\s*/);
	let packed = payload;
	if (compress !== 'none' && payload.length && accepted.includes(compress)) {
		packed = COMPRESS[compress](payload);
		reply.header('content-encoding', compress).header('vary', 'accept-encoding');
	}
	return chunked && packed.length ? Readable.from(pieces(packed)) : packed;
}

/** Pieces that end anywhere, in the middle of a character too. */
function* pieces(payload: Buffer): Generator<Buffer> {
	const size = Math.max(1, Math.ceil(payload.length / 7));
	for (let at = 0; at < payload.length; at += size) yield payload.subarray(at, at + size);
}
