import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type Compression, type SandboxOptions } from './types.mts';

/**
 * What a gateway in front of Teamogy does by itself. That it is Amazon's is INFERRED: Teamogy documents a limit of 10 MB
 * of its "API Gateway" (DOC), as Amazon does. Numbers and bodies are those of Amazon's documentation.
 */

/** All settings of Amazon's gateway. It counts the URL as part of the head, and promises no Retry-After. */
export const AMAZON: Partial<SandboxOptions> = {
	maxHeadBytes: 10_240,
	maxUrlLength: Infinity,
	unknownPaths: 403,
	tooLargeStatus: 502,
	retryAfter: 'none',
};

/** What Amazon's gateway says to a path or method it does not know, whatever the key. */
export function missingToken(): Refusal {
	return new Refusal(403, 'Missing Authentication Token');
}

/** Refuses a request whose request line and headers together have more than `maxBytes`. */
export function checkHead({ raw, originalUrl }: FastifyRequest, maxBytes: number): void {
	const line = `${raw.method} ${originalUrl} HTTP/1.1\r\n`.length;
	// Each of `rawHeaders` is a name or a value; a colon, a space and a line end go with the two.
	const headers = raw.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
	if (line + headers > maxBytes) throw new Refusal(431, 'Request Header Or Cookie Too Large');
}

const COMPRESS: Record<Compression, (payload: Buffer) => Buffer> = {
	gzip: (payload) => gzipSync(payload),
	deflate: (payload) => deflateSync(payload),
	br: (payload) => brotliCompressSync(payload),
};

/** The response as it goes over the wire: compressed where the client accepts it, in chunks where that is set. */
export function pack(
	request: FastifyRequest,
	reply: FastifyReply,
	payload: Buffer,
	{ compress = 'none', chunked }: Pick<SandboxOptions, 'compress' | 'chunked'>,
): Buffer | Readable {
	const accepted = String(request.headers['accept-encoding'] ?? '')
		.split(',')
		.map((coding) => coding.split(';')[0].trim());
	let packed = payload;
	if (compress !== 'none' && payload.length && accepted.includes(compress)) {
		packed = COMPRESS[compress](payload);
		reply.header('content-encoding', compress).header('vary', 'accept-encoding');
	}
	return chunked && packed.length ? Readable.from(pieces(packed)) : packed;
}

/** Seven pieces, which may end in the middle of a character. */
function* pieces(payload: Buffer): Generator<Buffer> {
	const size = Math.max(1, Math.ceil(payload.length / 7));
	for (let at = 0; at < payload.length; at += size) yield payload.subarray(at, at + size);
}
