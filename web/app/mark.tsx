/** The product's mark. */
export const Mark = ({ size = 24 }: { size?: number }) => (
  <svg className="rd-mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <path d="M9 10.5h14M9 16h9.5M9 21.5h5" strokeWidth="2.6" strokeLinecap="round" />
    <path d="M19.5 21.5l3.5-2.8-3.5-2.8" fill="none" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);
