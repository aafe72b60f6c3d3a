import { OF_ONE_UNIT } from './config.mts';

/** The fields that the sandbox gives a new record where the request leaves them out (assumptions). */
export function buildDefaults(
	collection: string,
	{ companyId }: Record<string, unknown>,
	today: string,
	unit: number,
): Record<string, unknown> {
	const defaults: Partial<Record<string, object>> = {
		documents: {
			type: 'DOCUMENT.ISSUED',
			status: 'PROCESSING',
			statusDate: today,
			category: '',
			tags: [],
			participantIds: [],
			isDraft: false,
			isCancelled: false,
			attach: [],
		},
		jobs: { status: 'OPEN', statusDate: today, participantIds: [], startOn: today, tags: [] },
		tasks: { status: 'OPEN', priority: 'NORMAL', startOn: today },
		time: { type: 'TRACK', date: today, status: 'APPROVED' },
		companies: {
			type: 'COMPANY',
			isClient: false,
			isSupplier: false,
			isCertified: false,
			isDraft: false,
			tags: [],
		},
		persons: { tags: [] },
		users: { groupNames: [], isDraft: false },
		journal: { date: today, debit: 0, credit: 0 },
		internals: { type: 'INTERNAL.SALES', status: 'PROCESSING', date: today },
		overheads: { type: companyId ? 'OVERHEAD.CLIENT' : 'OVERHEAD.INTERNAL', status: 'OPEN' },
		opportunities: { status: 'LEAD', statusDate: today },
	};
	const hasUnit = OF_ONE_UNIT.has(collection) || collection === 'users';
	return {
		...defaults[collection],
		isDisabled: false,
		properties: {},
		...(hasUnit && { agencyId: unit }),
	};
}
