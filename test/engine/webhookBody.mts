import { parse as parseForm } from 'node:querystring';
import { createGunzip, createInflate } from 'node:zlib';
import type { Request } from 'express';
import getRawBody from 'raw-body';
import type { N8n } from './n8n.mts';
import { load, loadFrom } from './outsideJest.mts';

/** The fields that n8n adds to a request before a webhook node sees it. */
export interface WebhookRequest extends Request {
	rawBody: Buffer;
	contentType?: string;
	encoding: BufferEncoding;
	readRawBody(): Promise<void>;
}

interface ContentType {
	parse(request: Request): { type: string; parameters: Record<string, string | undefined> };
}

interface Xml2js {
	Parser: new (options: object) => { parseStringPromise(text: string): Promise<unknown> };
}

// The package has no types.
const { parse: parseContentType } = load('content-type') as ContentType;

/** Prepares the reading of the body as n8n does for each webhook request: up to its limit of 16 MB by default. */
export function prepareBody(request: WebhookRequest, maxBytes = 16 * 1024 * 1024): void {
	if (request.headers['content-type']) {
		const { type, parameters } = parseContentType(request);
		request.contentType = type.toLowerCase();
		request.encoding = (parameters.charset ?? 'utf-8').toLowerCase() as BufferEncoding;
	}
	request.readRawBody = async () => {
		if (request.rawBody) return;
		const encoding = request.headers['content-encoding'];
		const unpack = { gzip: createGunzip, deflate: createInflate }[encoding ?? ''];
		const stream = unpack ? request.pipe(unpack()) : request;
		request.rawBody = await getRawBody(stream, { limit: maxBytes });
	};
}

/**
 * Reads and parses the body by its content type, as n8n does: JSON, XML, form and plain text. Any
 * other is left to the node as raw bytes, and from node version 2 on it is not even read.
 */
export async function parseBody(
	n8n: N8n,
	request: WebhookRequest,
	nodeVersion: number,
): Promise<void> {
	const { contentType = '' } = request;
	if (contentType === 'multipart/form-data') {
		throw new Error('The engine harness parses no multipart bodies');
	}
	const isXml = contentType.endsWith('/xml') || contentType.endsWith('+xml');
	const isParsed =
		isXml ||
		['application/json', 'text/plain', 'application/x-www-form-urlencoded'].includes(contentType);
	if (nodeVersion > 1 && !isParsed) return;
	if (contentType.startsWith('multipart/')) return;
	await request.readRawBody();
	const { rawBody, encoding } = request;
	if (!rawBody?.length) return;
	const text = rawBody.toString(encoding);
	const withoutMark = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	if (contentType === 'application/json') request.body = n8n.workflow.jsonParse(withoutMark);
	else if (isXml) request.body = await parseXml(n8n, text);
	else if (contentType === 'application/x-www-form-urlencoded') {
		request.body = parseForm(withoutMark, undefined, undefined, { maxKeys: 1000 });
	} else if (contentType === 'text/plain') request.body = text;
}

async function parseXml(n8n: N8n, text: string): Promise<unknown> {
	const fromCore = loadFrom(load.resolve('n8n-core'));
	const fromWorkflow = loadFrom(fromCore.resolve('n8n-workflow'));
	const { Parser } = fromWorkflow('xml2js') as Xml2js;
	const { sanitizeXmlName } = n8n.workflow as Partial<typeof n8n.workflow>;
	const nameProcessors = sanitizeXmlName ? [sanitizeXmlName] : [];
	const parser = new Parser({
		async: true,
		normalize: true,
		normalizeTags: true,
		explicitArray: false,
		tagNameProcessors: nameProcessors,
		attrNameProcessors: nameProcessors,
	});
	return await parser.parseStringPromise(text);
}
