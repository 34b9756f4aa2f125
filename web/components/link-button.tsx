import { createLink } from "@tanstack/react-router";
import { Button } from "antd";
import "./link-button.css";

/** A button that leads to another page, and is a link to whoever opens it in another tab. */
export const LinkButton = createLink(Button);

/** Of the one that comes next; `type` would be the link's own. */
export const primary = { color: "primary", variant: "solid" } as const;
