"""What the tables, columns and values of a record are called in Chinese, where they are printed."""

from __future__ import annotations

COLUMNS = {
    "component_id": "举措", "name": "名称", "is_income_model": "收入模式", "place_id": "地点", "level": "层级",
    "code_status": "代码", "actor_id": "单位", "type": "类别", "role": "作用", "event_id": "事件",
    "date_min": "不早于", "date_max": "不晚于", "date_quality": "日期", "action_id": "行动", "link": "归类",
    "activity": "内容", "quantity": "数量", "fund_id": "资金", "kind": "性质", "status": "情况", "precision": "准确程度",
    "amount_yuan": "金额(元)", "amount_max": "不多于(元)", "part_of": "其中", "finding_id": "问题", "problem_id": "问题",
    "area": "方面", "count": "数目", "order": "次序", "claim_id": "成效", "claim": "成效", "evidence_status": "证据",
    "gap_id": "缺项", "missing": "所缺信息", "ambiguity_id": "疑点", "issue": "疑点", "handling": "处理",
}  # fmt: skip

VALUES = {
    "True": "是", "False": "否",
    "province": "省", "prefecture": "地(市)", "county": "县", "township": "乡镇", "village": "村", "unnamed": "未具名",
    "verified": "已核", "missing": "未写明", "unresolved": "未查明",
    "government": "政府", "party": "党委", "cadres": "干部", "police": "公安", "hospital": "医院",
    "mass organisation": "群团", "college": "院校", "enterprise": "企业", "cooperative": "合作社", "bank": "银行",
    "school": "学校", "village committee": "村委会", "other": "其他",
    "organiser": "组织", "leader": "领导", "implementer": "实施", "funder": "出资", "firm": "企业",
    "review": "调查", "campaign": "整个活动", "integration": "结合", "stay": "驻村", "survey": "入户调查", "plan": "方案",
    "meeting": "会议", "publication": "刊出",
    "exact": "确切", "interval": "区间", "upper bound": "只知上限", "within campaign": "活动期间", "this year": "当年",
    "unknown": "不明",
    "explicit": "原文写明", "inferred": "我们归类", "none": "无",
    "investment": "投资", "loan": "贷款", "grant": "补助", "donation": "捐赠", "project funds": "项目资金",
    "unspecified": "未说明", "completed": "已完成", "paid out": "已拨付", "arranged": "协调", "obtained": "争取",
    "approximate_below": "近(不到)", "approximate_above": "超过", "approximate": "约",
    "open": "未解决", "in plan": "纳入方案", "resolved": "已解决",
    "counted": "有数字", "asserted": "定性表述", "goal": "目标",
}  # fmt: skip
