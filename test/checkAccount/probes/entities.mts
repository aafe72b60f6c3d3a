import { fails, holds, undecidable, type Probe } from '../finding.mts';
import { encode, findRecord, isObject } from '../inspection.mts';

/** Probes about records of entities, which are read one by one. */

export const getById: Probe = async ({ records }) => {
	if (!records.size) return undecidable('No view has rows with a numeric ID');
	const missing = [...records].filter(([, { record }]) => !record);
	if (!missing.length) return holds([...records.keys()].map((name) => `\`${name}\``).join(', '));
	return fails(missing.map(([entity, { reply }]) => `\`${entity}\`: ${reply.status}`).join(', '));
};

export const bareRecord: Probe = async ({ records }) => {
	const read = [...records.values()].filter(({ record }) => record);
	if (!read.length) return undecidable('No record could be read');
	const wrapped = read.filter((one) => one.wrapped);
	return wrapped.length
		? fails(`${wrapped.length} of ${read.length} records are a part of their response`)
		: holds();
};

/** Tries both names. The name that finds the document is the one to set in the node. */
export const registration: Probe = async ({ client, pages }) => {
	const row = (pages.get('documents')?.rows ?? []).find(
		({ number, id }) => typeof number === 'string' && number !== '' && id !== undefined,
	);
	if (!row) return undecidable('The view `documents` shows no numbers');
	const finds = async (name: string) => {
		const reply = await client.send('GET', `documents?${name}=${encode(row.number as string)}`);
		return findRecord(reply, row.id).record ? true : reply.status;
	};
	const byRegistration = await finds('registration');
	if (byRegistration === true) return holds();
	const byNumber = await finds('number');
	if (byNumber === true) return fails('`number` finds it');
	return fails(
		`Neither \`registration\` (${byRegistration}) nor \`number\` (${byNumber}) finds it`,
	);
};

/** @param fields the names that are not confirmed, by entity */
export const unconfirmedFields =
	(fields: Record<string, readonly string[]>): Probe =>
	async ({ records }) => {
		const known = Object.keys(fields).filter((entity) => isObject(records.get(entity)?.record));
		if (!known.length) return undecidable('No record could be read');
		const missing = known.flatMap((entity) =>
			fields[entity]
				.filter((name) => !Object.hasOwn(records.get(entity)!.record!, name))
				.map((name) => `\`${name}\` of ${entity}`),
		);
		return missing.length ? fails(`Not on the records: ${missing.join(', ')}`) : holds();
	};
