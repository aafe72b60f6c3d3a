import { fails, holds, undecidable, type Finding, type Probe } from '../finding.mts';
import { describeStatus, encode, isObject, type Inspection, type Row } from '../inspection.mts';
import { ENTRY, findId, isEmpty, SECOND_INDUSTRY, UPDATED_ENTRY, type Trial } from '../trial.mts';
import type { Reply } from '../client.mts';

/** Probes about the company that `--write` created and updated. */

type CreatedTrial = Trial & { created: Reply };

const probe =
	(examine: (trial: CreatedTrial, inspection: Inspection) => Finding | Promise<Finding>): Probe =>
	async (inspection) => {
		const { trial } = inspection;
		if (!trial) return undecidable('Needs `--write`');
		const { created, interruption } = trial;
		if (!created) return undecidable(interruption?.message ?? 'No company was created');
		return created.status < 300
			? await examine({ ...trial, created }, inspection)
			: undecidable(`No company was created (${created.status})`);
	};

const notRead = ({ interruption }: Trial): Finding =>
	undecidable(interruption?.message ?? 'The company could not be read');

export const createdId = probe(({ created }) =>
	findId(created.body) === undefined ? fails(`Status ${created.status}, no \`id\``) : holds(),
);

export const shownAtOnce = probe((trial) => {
	if (trial.isInView === undefined) return notRead(trial);
	return trial.isInView ? holds() : fails('The view does not have it yet');
});

/** Fails where a company read before the creation has a higher ID; what comes with a higher one later may be newer. */
export const idsGrow = probe(async (trial, inspection) => {
	const { id } = trial;
	if (id === undefined) return notRead(trial);
	if (typeof id !== 'number') return fails('The ID is no number');
	const earlier = inspection.listSubjects('companies');
	if (!earlier.length) return undecidable('There is no earlier company to compare with');
	if (earlier.some((company) => company.id > id)) {
		return fails('A company that was there before has a higher ID');
	}
	const { status, isPage, rows } = await inspection.readView(
		'companies',
		`externalFilter=${encode(`id>${id}`)}&limit=5&offset=0`,
	);
	if (!isPage) return undecidable(describeStatus(status));
	return rows.length
		? undecidable('There are higher IDs; those companies may be newer')
		: holds('No company has a higher ID than the new one');
});

export const isDisabled = probe((trial) => {
	const { afterCreate } = trial;
	if (!afterCreate) return notRead(trial);
	return afterCreate.isDisabled === true ? holds() : fails('The company was created as valid');
});

export const partialUpdate = probe((trial) => {
	const { afterCreate, afterUpdate } = trial;
	if (!afterCreate || !afterUpdate) return notRead(trial);
	if (afterUpdate.industry !== SECOND_INDUSTRY) return undecidable('`industry` was not updated');
	const lost = ['name', 'tags'].filter(
		(field) => !isEmpty(afterCreate[field]) && isEmpty(afterUpdate[field]),
	);
	return lost.length ? fails(`Lost: ${lost.join(', ')}`) : holds();
});

export const repeatedUpdate = probe((trial) => {
	const { afterUpdate, repeated } = trial;
	if (!repeated || !afterUpdate) return notRead(trial);
	return repeated.status < 300 ? holds() : fails(`Status ${repeated.status}`);
});

export const nullClears = probe((trial) => {
	const { afterUpdate, afterClear } = trial;
	if (!afterUpdate || !afterClear) return notRead(trial);
	if (isEmpty(afterUpdate.industry)) return undecidable('`industry` was not updated');
	return isEmpty(afterClear.industry) ? holds() : fails('The field keeps its value');
});

export const mergedProperties = probe((trial) => {
	const { plan, afterMerge, interruption } = trial;
	if (!plan.entries) return undecidable('Companies have no two texts in `properties`');
	const properties = afterMerge?.properties as Row | undefined;
	if (!isObject(properties)) {
		return undecidable(interruption?.message ?? 'The entries could not be written or read');
	}
	const [updated, leftOut] = plan.entries;
	if (properties[updated] !== UPDATED_ENTRY) return undecidable('The entry was not updated');
	return properties[leftOut] === ENTRY ? holds() : fails('The entry that was left out is gone');
});
