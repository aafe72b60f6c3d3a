import type { IDataObject } from 'n8n-workflow';

/** `a job`, `an invoice`. */
export const aOrAn = (name: string): string =>
	`${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name.toLowerCase()}`;

/**
 * What Teamogy answered, as items: a list as one item each, an object as it is, nothing as an empty
 * item, anything else under `data`.
 */
export function outputOf(answer: unknown): IDataObject[] {
	if (Array.isArray(answer)) return answer.flatMap(outputOf);
	if (answer === undefined || answer === null) return [{}];
	return [typeof answer === 'object' ? (answer as IDataObject) : { data: answer as string }];
}

/** Teaches the most common slip: numbers compared as text find nothing. */
export const NUMBERS_AS_TEXT =
	'Nothing was found, and numbers were compared as text. If the column holds numbers, as IDs do, set the type to Number.';
