import type { IDataObject } from 'n8n-workflow';

/**
 * What Teamogy answered, as items: a list as one item each, an object as it is, nothing as an empty
 * item, anything else under `data`.
 */
export function outputOf(answer: unknown): IDataObject[] {
	if (Array.isArray(answer)) return answer.flatMap(outputOf);
	if (answer === undefined || answer === null) return [{}];
	return [typeof answer === 'object' ? (answer as IDataObject) : { data: answer as string }];
}
