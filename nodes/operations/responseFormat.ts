import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { parseJson } from '../api/common/json';
import type { RawResponse } from '../api/transport/request';
import { isWebPage } from '../api/transport/serverMessage';
import { parseChoice, type ParameterReader } from '../parameters/reader';
import { toOutputRows, type Output } from './toItems';

/** The default first. The words are those of n8n's HTTP Request node. */
const RESPONSE_FORMATS = ['autodetect', 'file', 'json', 'text'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

export const responseFormatOption: INodeProperties = {
	displayName: 'Response Format',
	name: 'responseFormat',
	type: 'options',
	options: [
		{
			name: 'Autodetect',
			value: 'autodetect',
			description: 'JSON or text where the response is that, otherwise a file',
		},
		{ name: 'File', value: 'file', description: 'Binary data in the field "data"' },
		{ name: 'JSON', value: 'json' },
		{ name: 'Text', value: 'text', description: 'Text in the field "data"' },
	],
	default: 'autodetect',
};

export const readResponseFormat = (parameters: ParameterReader): ResponseFormat =>
	parseChoice('Response Format', parameters.readOption('responseFormat'), RESPONSE_FORMATS);

/** The field of the item that holds the text or the file. */
const FIELD = 'data';

const TEXT_TYPE = /^text\/|[/+](json|xml|javascript|x-www-form-urlencoded)$/;

const getHeader = ({ headers }: RawResponse, name: string): string => String(headers[name] ?? '');

/** `application/json` of `application/json; charset=utf-8`. */
const getMediaType = (response: RawResponse): string =>
	getHeader(response, 'content-type').split(';')[0].trim().toLowerCase();

/** Decodes a response in its character set, UTF-8 by default; undefined for bytes that are not text. */
const decodeText = (response: RawResponse): string | undefined => {
	const [, charset = 'utf-8'] =
		/charset="?([\w-]+)/i.exec(getHeader(response, 'content-type').slice(0, 200)) ?? [];
	try {
		return new TextDecoder(charset, { fatal: true }).decode(response.content);
	} catch {
		return undefined;
	}
};

/** The file name of a response (RFC 6266), without folders. */
const getFileName = (response: RawResponse): string | undefined => {
	const [, quoted, bare] =
		/filename="([^"]{1,250})"|filename=([^;\s"]{1,250})/i.exec(
			getHeader(response, 'content-disposition').slice(0, 1000),
		) ?? [];
	return (quoted ?? bare)?.split(/[/\\]/).at(-1) || undefined;
};

/** The type of bytes that nothing is known of. Without a type some versions of n8n look into the bytes, and do not end. */
const UNKNOWN_TYPE = 'application/octet-stream';

/** The item of a response that is a file. */
export async function toFile(response: RawResponse, context: IExecuteFunctions): Promise<Output> {
	const [name, type] = [getFileName(response), getMediaType(response) || UNKNOWN_TYPE];
	const file = await context.helpers.prepareBinaryData(response.content, name, type);
	return { rows: [{}], binary: { [FIELD]: file } };
}

/**
 * Reads a good response: its rows, or `file` for a file. An empty response is an empty row.
 *
 * `autodetect` reads a response with a text type, or without a type, as JSON, else as text, and any other response as
 * a file. A response with a JSON type must be JSON. A web page is not accepted: it is a log-in page, or comes from a
 * web filter.
 *
 * @returns undefined for a response that is not in the format
 */
export function readContent(
	response: RawResponse,
	format: ResponseFormat,
): IDataObject[] | 'file' | undefined {
	if (!response.content.length) return [{}];
	if (format === 'file') return 'file';
	const type = getMediaType(response);
	const text = decodeText(response);
	if (format === 'text') return [{ [FIELD]: text ?? response.content.toString('utf8') }];
	if (format === 'autodetect' && (text === undefined || (type && !TEXT_TYPE.test(type))))
		return 'file';
	const json = text === undefined ? undefined : parseJson(text);
	if (json !== undefined) return toOutputRows(json);
	const isText = format === 'autodetect' && !type.endsWith('json') && !isWebPage(text);
	return isText ? [{ [FIELD]: text }] : undefined;
}
