import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { RawAnswer } from '../api/client';
import { isWebPage } from '../api/words';
import { outputOf } from './output';

/** The usual one first; the words of n8n's HTTP Request node. */
export const RESPONSE_FORMATS = ['autodetect', 'file', 'json', 'text'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

/** A response as an item has it. */
export interface Output {
	rows: IDataObject[];
	binary?: IBinaryKeyData;
}

/** Where the item has the text or the file. */
const FIELD = 'data';

const TEXT = /^text\/|[/+](json|xml|javascript|x-www-form-urlencoded)$/;

const headerOf = ({ headers }: RawAnswer, name: string): string => String(headers[name] ?? '');

/** `application/json` of `application/json; charset=utf-8`. */
const mediaType = (answer: RawAnswer): string =>
	headerOf(answer, 'content-type').split(';')[0].trim().toLowerCase();

/** The text of a response; undefined where its bytes are none in the character set it names, or in UTF-8. */
const textOf = (answer: RawAnswer): string | undefined => {
	const [, charset = 'utf-8'] =
		/charset="?([\w-]+)/i.exec(headerOf(answer, 'content-type').slice(0, 200)) ?? [];
	try {
		return new TextDecoder(charset, { fatal: true }).decode(answer.content);
	} catch {
		return undefined;
	}
};

const parsed = (text: string): { value: unknown } | undefined => {
	try {
		return { value: JSON.parse(text) as unknown };
	} catch {
		return undefined;
	}
};

/** The name a response gives its file (RFC 6266), without folders. */
const fileName = (answer: RawAnswer): string | undefined => {
	const [, quoted, bare] =
		/filename="([^"]{1,250})"|filename=([^;\s"]{1,250})/i.exec(
			headerOf(answer, 'content-disposition').slice(0, 1000),
		) ?? [];
	return (quoted ?? bare)?.split(/[/\\]/).at(-1) || undefined;
};

/** A response as a file in the field `data`. */
export async function toFile(answer: RawAnswer, context: IExecuteFunctions): Promise<Output> {
	const type = mediaType(answer) || undefined;
	const file = await context.helpers.prepareBinaryData(answer.content, fileName(answer), type);
	return { rows: [{}], binary: { [FIELD]: file } };
}

/**
 * What a good response holds: rows, or a file. An empty one is an empty row.
 *
 * `autodetect` takes what is marked as text, or not marked and text, as JSON where it is that and as
 * text else, and everything else as a file. What is marked as JSON has to be it, and a web page is no
 * response of an API: rather a log-in page, or a filter on the way.
 *
 * @returns undefined where it cannot be the response that was asked for
 */
export function readContent(
	answer: RawAnswer,
	format: ResponseFormat,
): IDataObject[] | 'file' | undefined {
	if (!answer.content.length) return [{}];
	if (format === 'file') return 'file';
	const type = mediaType(answer);
	const text = textOf(answer);
	if (format === 'text') return [{ [FIELD]: text ?? answer.content.toString('utf8') }];
	if (format === 'autodetect' && (text === undefined || (type && !TEXT.test(type)))) return 'file';
	const json = text === undefined ? undefined : parsed(text);
	if (json) return outputOf(json.value);
	const isText = format === 'autodetect' && !type.endsWith('json') && !isWebPage(text);
	return isText ? [{ [FIELD]: text }] : undefined;
}
